output "vpc_id" {
  description = "The network."
  value       = aws_vpc.this.id
}

output "private_subnet_ids" {
  description = "Where nodes live."
  value       = [for zone in var.zones : aws_subnet.private[zone].id]
}

output "public_subnet_ids" {
  description = "Where load balancers stand."
  value       = [for zone in var.zones : aws_subnet.public[zone].id]
}

output "cidr" {
  description = "Its address range: forwarded addresses from here are believed."
  value       = aws_vpc.this.cidr_block
}
