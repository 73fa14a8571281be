# A certificate that renews itself, and the name that leads to the ingress controller.

data "aws_route53_zone" "this" {
  name = var.zone_name
}

resource "aws_acm_certificate" "this" {
  domain_name       = var.host
  validation_method = "DNS"
  tags              = var.tags
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "proof" {
  zone_id         = data.aws_route53_zone.this.zone_id
  name            = tolist(aws_acm_certificate.this.domain_validation_options)[0].resource_record_name
  type            = tolist(aws_acm_certificate.this.domain_validation_options)[0].resource_record_type
  records         = [tolist(aws_acm_certificate.this.domain_validation_options)[0].resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_route53_record" "platform" {
  count   = var.load_balancer_host == "" ? 0 : 1
  zone_id = data.aws_route53_zone.this.zone_id
  name    = var.host
  type    = "CNAME"
  records = [var.load_balancer_host]
  ttl     = 300
}
