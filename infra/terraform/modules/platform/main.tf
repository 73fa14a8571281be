# One city's ground, put together. Environments choose sizes; nothing is made in them directly.

module "network" {
  source       = "../network"
  name         = var.name
  zones        = var.zones
  nat_per_zone = var.nat_per_zone
  tags         = var.tags
}

module "storage" {
  source = "../storage"
  name   = var.name
  tags   = var.tags
}

module "secrets" {
  source = "../secrets"
  name   = var.name
  tags   = var.tags
}

module "backups" {
  source = "../backups"
  name   = var.name
  tags   = var.tags
}

module "dns" {
  source             = "../dns"
  zone_name          = var.zone_name
  host               = var.host
  load_balancer_host = var.load_balancer_host
  tags               = var.tags
}

module "cluster" {
  source      = "../cluster"
  name        = var.name
  subnet_ids  = module.network.private_subnet_ids
  node_groups = var.node_groups
  admin_cidrs = var.admin_cidrs
  service_accounts = {
    external-secrets = {
      namespace       = "external-secrets"
      service_account = "external-secrets"
      policy_json     = module.secrets.read_policy
    }
    dump = {
      namespace       = var.namespace
      service_account = "atiende-dump"
      policy_json     = module.storage.write_backups_policy
    }
  }
  tags = var.tags
}
