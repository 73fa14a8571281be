provider "aws" {
  region = var.region
  default_tags {
    tags = local.tags
  }
}

locals {
  tags = { project = "atiende", environment = "production", city = var.tenant }
}

module "platform" {
  source             = "../../modules/platform"
  name               = "atiende-production"
  zones              = [for letter in ["a", "b", "c"] : "${var.region}${letter}"]
  nat_per_zone       = true
  size               = "medium"
  zone_name          = var.zone_name
  host               = var.host
  load_balancer_host = var.load_balancer_host
  tenant             = var.tenant
  admin_cidrs        = var.admin_cidrs
  image              = var.image
  tags               = local.tags
  node_groups = {
    general = { instance_types = ["m6i.large"], min = 3, max = 9 }
  }
}
