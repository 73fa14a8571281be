terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
  # The state's place is given at init: terraform init -backend-config=state.hcl
  backend "s3" {
    key          = "atiende/production.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}
