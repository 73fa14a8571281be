output "helm_values" {
  description = "One document for `helm install -f`, on top of deploy/helm/values/<size>.yaml."
  value = yamlencode({
    global = {
      environment    = "production"
      publicUrl      = "https://${var.host}"
      defaultTenant  = var.tenant
      image          = { registry = var.image.registry, tag = var.image.tag }
      trustedProxies = [module.network.cidr]
      nats           = { replicas = length(var.zones) >= 3 ? 3 : 1 }
    }
    ingress = {
      className = "nginx"
      annotations = {
        "service.beta.kubernetes.io/aws-load-balancer-ssl-cert" = module.dns.certificate_arn
      }
    }
  })
}

output "cluster_name" {
  description = "For `aws eks update-kubeconfig --name`."
  value       = module.cluster.name
}

output "size" {
  description = "Values file of the chart that goes with it."
  value       = var.size
}

output "role_arns" {
  description = "Roles of service accounts, by name."
  value       = module.cluster.role_arns
}

output "secret_names" {
  description = "Where each Secret of the release is kept."
  value       = module.secrets.names
}

output "backups_bucket" {
  description = "Where dumps go."
  value       = module.storage.backups_bucket
}

output "volume_tag" {
  description = "Tag by which a volume is copied every hour; for the storage class's tagSpecification."
  value       = module.backups.volume_tag
}
