variable "name" {
  description = "Name of the cluster."
  type        = string
}

variable "kubernetes_version" {
  description = "Minor version of Kubernetes."
  type        = string
  default     = "1.34"
}

variable "subnet_ids" {
  description = "Private subnets."
  type        = list(string)
}

variable "node_groups" {
  description = "Groups of nodes by name."
  type = map(object({
    instance_types = list(string)
    min            = number
    max            = number
    disk_gb        = optional(number, 60)
    labels         = optional(map(string), {})
  }))
  validation {
    condition     = alltrue([for group in values(var.node_groups) : group.min >= 1 && group.max >= group.min])
    error_message = "Each group needs 1 <= min <= max."
  }
}

variable "admin_cidrs" {
  description = "From where the Kubernetes API may be reached over the internet; none makes it private."
  type        = list(string)
  default     = []
  validation {
    condition     = !contains(var.admin_cidrs, "0.0.0.0/0")
    error_message = "The API is not for everybody: name the networks of your administrators."
  }
}

variable "service_accounts" {
  description = "Kubernetes service accounts that may act as a role of AWS: name of the role -> account and policy."
  type = map(object({
    namespace       = string
    service_account = string
    policy_json     = string
  }))
  default = {}
}

variable "log_days" {
  description = "Days for which the control plane's logs are kept."
  type        = number
  default     = 365
}

variable "tags" {
  description = "Tags of everything."
  type        = map(string)
  default     = {}
}
