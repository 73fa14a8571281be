output "names" {
  description = "Where each Secret of the release is kept."
  value       = { for key, secret in aws_secretsmanager_secret.this : key => secret.name }
}

output "read_policy" {
  description = "What the External Secrets operator may do: read these and nothing else."
  value       = data.aws_iam_policy_document.read.json
}
