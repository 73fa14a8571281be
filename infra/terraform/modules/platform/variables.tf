variable "name" {
  description = "Prefix of everything, such as atiende-production."
  type        = string
}

variable "zones" {
  description = "Availability zones."
  type        = list(string)
}

variable "nat_per_zone" {
  description = "See the network module."
  type        = bool
}

variable "node_groups" {
  description = "See the cluster module."
  type = map(object({
    instance_types = list(string)
    min            = number
    max            = number
    disk_gb        = optional(number, 60)
    labels         = optional(map(string), {})
  }))
}

variable "admin_cidrs" {
  description = "See the cluster module."
  type        = list(string)
}

variable "zone_name" {
  description = "A hosted zone that exists."
  type        = string
}

variable "host" {
  description = "Where people reach the platform."
  type        = string
}

variable "load_balancer_host" {
  description = "Of the ingress controller; empty until there is one."
  type        = string
}

variable "tenant" {
  description = "Id of the city."
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9-]{1,40}$", var.tenant))
    error_message = "Lower-case letters, digits and hyphens, at most 40."
  }
}

variable "size" {
  description = "small, medium or large: which values file of the chart goes with it."
  type        = string
  validation {
    condition     = contains(["small", "medium", "large"], var.size)
    error_message = "small, medium or large."
  }
}

variable "namespace" {
  description = "Kubernetes namespace of the release."
  type        = string
  default     = "atiende"
}

variable "image" {
  description = "Registry and tag of the images."
  type        = object({ registry = string, tag = string })
}

variable "tags" {
  description = "Tags of everything."
  type        = map(string)
}
