variable "name" {
  description = "Prefix of every name, such as atiende-production."
  type        = string
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.name))
    error_message = "Lower-case letters, digits and hyphens, 3 to 31 characters."
  }
}

variable "cidr" {
  description = "Address range of the network; a /16 leaves room for pods."
  type        = string
  default     = "10.40.0.0/16"
  validation {
    condition     = can(cidrhost(var.cidr, 0)) && tonumber(split("/", var.cidr)[1]) <= 18
    error_message = "An IPv4 range of /18 or larger."
  }
}

variable "zones" {
  description = "Availability zones; three in production, so that a broker's majority survives one."
  type        = list(string)
  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 3
    error_message = "Two or three availability zones."
  }
}

variable "nat_per_zone" {
  description = "One NAT gateway in each zone; otherwise one for all, which is cheaper and fails with its zone."
  type        = bool
  default     = true
}

variable "flow_log_days" {
  description = "Days for which connections are kept on record."
  type        = number
  default     = 365
}

variable "tags" {
  description = "Tags of everything."
  type        = map(string)
  default     = {}
}
