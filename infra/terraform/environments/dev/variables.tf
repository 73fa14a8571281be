variable "region" {
  description = "AWS region; the nearest to the city."
  type        = string
  default     = "us-east-1"
}

variable "zone_name" {
  description = "A hosted zone that exists: ciudad.example."
  type        = string
}

variable "host" {
  description = "Where people reach the platform: atencion.ciudad.example."
  type        = string
}

variable "tenant" {
  description = "Id of the city."
  type        = string
}

variable "admin_cidrs" {
  description = "Networks from which the Kubernetes API may be reached."
  type        = list(string)
  default     = []
}

variable "load_balancer_host" {
  description = "Name of the ingress controller's load balancer; empty at the first apply."
  type        = string
  default     = ""
}

variable "image" {
  description = "Registry and tag of the images."
  type        = object({ registry = string, tag = string })
  default     = { registry = "ghcr.io", tag = "0.1.0" }
}
