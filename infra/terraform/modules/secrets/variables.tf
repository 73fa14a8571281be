variable "name" {
  description = "Prefix of the secrets."
  type        = string
}

variable "secrets" {
  description = "Names of the Kubernetes Secrets that the release reads."
  type        = set(string)
  default = [
    "channels", "cases", "routing", "notifications", "surveys", "catalog", "admin", "admin-worker", "setup",
  ]
}

variable "tags" {
  description = "Tags of everything."
  type        = map(string)
  default     = {}
}
