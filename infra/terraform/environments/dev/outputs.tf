output "helm_values" {
  description = "See the platform module."
  value       = module.platform.helm_values
}

output "cluster_name" {
  description = "See the platform module."
  value       = module.platform.cluster_name
}

output "size" {
  description = "See the platform module."
  value       = module.platform.size
}

output "role_arns" {
  description = "See the platform module."
  value       = module.platform.role_arns
}

output "secret_names" {
  description = "See the platform module."
  value       = module.platform.secret_names
}

output "backups_bucket" {
  description = "See the platform module."
  value       = module.platform.backups_bucket
}

output "volume_tag" {
  description = "See the platform module."
  value       = module.platform.volume_tag
}
