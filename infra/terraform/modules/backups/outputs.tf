output "vault" {
  description = "Where copies are."
  value       = aws_backup_vault.this.name
}

output "volume_tag" {
  description = "Tag by which a volume is copied."
  value       = { backup = var.name }
}
