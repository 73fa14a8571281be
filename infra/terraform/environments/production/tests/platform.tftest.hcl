# Without an account: the provider is a mock, and what is planned is judged.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:us-east-1:123456789012:key/1" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:one" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/one" }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::one", id = "one" }
  }
  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/one" }
  }
  mock_resource "aws_acm_certificate" {
    defaults = {
      arn = "arn:aws:acm:us-east-1:123456789012:certificate/1"
      domain_validation_options = [{
        domain_name           = "atencion.ciudad.example"
        resource_record_name  = "_x.ciudad.example"
        resource_record_type  = "CNAME"
        resource_record_value = "_y.acm.example"
      }]
    }
  }
  mock_resource "aws_eks_cluster" {
    defaults = {
      arn      = "arn:aws:eks:us-east-1:123456789012:cluster/one"
      identity = [{ oidc = [{ issuer = "https://oidc.eks.us-east-1.amazonaws.com/id/1" }] }]
    }
  }
  mock_resource "aws_launch_template" {
    defaults = { id = "lt-1", latest_version = 1 }
  }
}

variables {
  zone_name   = "ciudad.example"
  host        = "atencion.ciudad.example"
  tenant      = "ciudad"
  admin_cidrs = ["198.51.100.0/24"]
}

run "values_make_a_city" {
  command = apply

  assert {
    condition     = yamldecode(output.helm_values).global.publicUrl == "https://atencion.ciudad.example"
    error_message = "The values name another address."
  }
  assert {
    condition     = yamldecode(output.helm_values).global.environment == "production"
    error_message = "A city in production runs as production."
  }
  assert {
    condition     = yamldecode(output.helm_values).global.nats.replicas == 3
    error_message = "Three zones carry three copies of each stream."
  }
  assert {
    condition     = !strcontains(lower(output.helm_values), "password")
    error_message = "Values hold no secrets."
  }
}

run "everybody_is_refused_as_administrators" {
  command = plan
  module {
    source = "../../modules/cluster"
  }
  variables {
    name        = "atiende"
    subnet_ids  = ["subnet-1", "subnet-2"]
    node_groups = {}
    admin_cidrs = ["0.0.0.0/0"]
  }
  expect_failures = [var.admin_cidrs]
}
