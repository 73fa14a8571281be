output "name" {
  description = "For `aws eks update-kubeconfig --name`."
  value       = aws_eks_cluster.this.name
}

output "endpoint" {
  description = "The Kubernetes API."
  value       = aws_eks_cluster.this.endpoint
}

output "role_arns" {
  description = "Roles by the name given in service_accounts."
  value       = { for name, role in aws_iam_role.service_account : name => role.arn }
}
