variable "name" {
  description = "Prefix of the buckets; with the account it must be unique in the world."
  type        = string
}

variable "kept_days" {
  description = "Days for which an overwritten or deleted object can be brought back."
  type        = number
  default     = 90
}

variable "tags" {
  description = "Tags of everything."
  type        = map(string)
  default     = {}
}
