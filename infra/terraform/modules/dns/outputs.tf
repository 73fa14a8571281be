output "certificate_arn" {
  description = "For the load balancer."
  value       = aws_acm_certificate.this.arn
}

output "host" {
  description = "Where people reach the platform."
  value       = var.host
}
