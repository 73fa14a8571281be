variable "zone_name" {
  description = "A hosted zone that exists: ciudad.example."
  type        = string
}

variable "host" {
  description = "Where people reach the platform: atencion.ciudad.example."
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]+\\.[a-z]{2,}$", var.host))
    error_message = "A host name in lower-case letters."
  }
}

variable "load_balancer_host" {
  description = "Name of the load balancer of the ingress controller; empty until there is one."
  type        = string
  default     = ""
}

variable "tags" {
  description = "Tags of everything."
  type        = map(string)
  default     = {}
}
