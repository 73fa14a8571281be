provider "aws" {
  region = var.region
  default_tags {
    tags = local.tags
  }
}

locals {
  tags = { project = "atiende", environment = "dev", city = var.tenant }
}

module "platform" {
  source             = "../../modules/platform"
  name               = "atiende-dev"
  zones              = [for letter in ["a", "b"] : "${var.region}${letter}"]
  nat_per_zone       = false
  size               = "small"
  zone_name          = var.zone_name
  host               = var.host
  load_balancer_host = var.load_balancer_host
  tenant             = var.tenant
  admin_cidrs        = var.admin_cidrs
  image              = var.image
  tags               = local.tags
  node_groups = {
    general = { instance_types = ["t3.large"], min = 1, max = 2 }
  }
}
