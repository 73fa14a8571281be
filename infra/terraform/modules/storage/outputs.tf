output "backups_bucket" {
  description = "Where dumps go."
  value       = aws_s3_bucket.this["backups"].id
}

output "write_backups_policy" {
  description = "What the job that dumps may do: add and read, never delete."
  value       = data.aws_iam_policy_document.write_backups.json
}
