variable "name" {
  description = "Name of vault and plan."
  type        = string
}

variable "schedule" {
  description = "When volumes are copied, as a cron expression of AWS in UTC."
  type        = string
  default     = "cron(0 * * * ? *)"
}

variable "kept_days" {
  description = "Days for which copies are kept."
  type        = number
  default     = 35
  validation {
    condition     = var.kept_days >= 7
    error_message = "At least a week, so that a mistake of Friday can be undone on Monday."
  }
}

variable "tags" {
  description = "Tags of everything."
  type        = map(string)
  default     = {}
}
