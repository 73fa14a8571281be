{{/* <release>-<service>, the prefix of every name */}}
{{- define "service.name" -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{/* Labels that select; they never change with a version. Takes (dict "root" $ "role" "api"). */}}
{{- define "service.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end -}}

{{- define "service.labels" -}}
{{ include "service.selector" . }}
app.kubernetes.io/part-of: atiende
app.kubernetes.io/version: {{ .root.Values.global.image.tag | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end -}}

{{/* A role with what it does not say filled in, as JSON. */}}
{{- define "service.role" -}}
{{- mergeOverwrite (deepCopy .root.Values.roleDefaults) (deepCopy (default dict .given)) | toJson -}}
{{- end -}}

{{- define "service.image" -}}
{{- $global := .Values.global.image -}}
{{- default (printf "%s/atiende/%s:%s" $global.registry .Chart.Name $global.tag) .Values.image -}}
{{- end -}}

{{- define "service.secret" -}}
{{- default (include "service.name" .) .Values.secret -}}
{{- end -}}

{{- define "service.issuer" -}}
{{- default (printf "%s/auth/realms/atiende" (trimSuffix "/" .Values.global.publicUrl)) .Values.global.keycloak.issuer -}}
{{- end -}}

{{/* Settings of a process of the platform: what its kit reads. */}}
{{- define "service.env" -}}
{{- $root := .root -}}
{{- $global := $root.Values.global -}}
{{- $realm := printf "%s/realms/atiende/protocol/openid-connect" (trimSuffix "/" (tpl $global.keycloak.url $root)) -}}
{{- $contracts := $root.Files.Get "files/contracts.json" | fromJson -}}
{{- $clients := list "desk" "portal" -}}
{{- range $name := keys $contracts | sortAlpha }}{{ $clients = append $clients (printf "svc-%s" $name) }}{{ end -}}
{{- $env := dict
  "ATIENDE_ENVIRONMENT" $global.environment
  "ATIENDE_HTTP__HOST" "0.0.0.0"
  "ATIENDE_HTTP__PORT" (toString .role.http)
  "ATIENDE_HTTP__PUBLIC_URL" (trimSuffix "/" $global.publicUrl)
  "ATIENDE_HTTP__TRUSTED_PROXIES" ($global.trustedProxies | toJson)
  "ATIENDE_GRPC__HOST" "0.0.0.0"
  "ATIENDE_GRPC__PORT" "9000"
  "ATIENDE_MONGO__DATABASE" (printf "atiende_%s" $root.Chart.Name)
  "ATIENDE_NATS__URL" (tpl $global.nats.url $root)
  "ATIENDE_NATS__USER" $root.Chart.Name
  "ATIENDE_NATS__PATIENCE_SECONDS" "90"
  "ATIENDE_AUTH__ISSUER" (include "service.issuer" $root)
  "ATIENDE_AUTH__JWKS_URL" (printf "%s/certs" $realm)
  "ATIENDE_AUTH__TOKEN_URL" (printf "%s/token" $realm)
  "ATIENDE_AUTH__CLIENT_ID" (printf "svc-%s" $root.Chart.Name)
  "ATIENDE_AUTH__ALLOWED_AZP" ($clients | toJson)
  "ATIENDE_HOSTS" ($global.hosts | toJson)
  "ATIENDE_DEFAULT_TENANT" $global.defaultTenant
  "ATIENDE_TELEMETRY__LOG_LEVEL" $global.telemetry.logLevel
-}}
{{- if $global.telemetry.otlpEndpoint }}
{{- $_ := set $env "ATIENDE_TELEMETRY__OTLP_ENDPOINT" $global.telemetry.otlpEndpoint -}}
{{- $_ := set $env "ATIENDE_TELEMETRY__OTLP_SIGNALS" ($global.telemetry.signals | toJson) -}}
{{- end -}}
{{- if eq $root.Chart.Name "admin" }}{{ $_ := set $env "ATIENDE_KEYCLOAK__URL" (printf "%s/admin/realms/atiende" (trimSuffix "/" (tpl $global.keycloak.url $root))) }}{{ end -}}
{{- range $name := keys $contracts -}}
{{- $_ := set $env (printf "ATIENDE_PEERS__%s" (upper $name)) (printf "dns:///%s-%s-grpc:9000" $root.Release.Name $name) -}}
{{- end -}}
{{- $env = mergeOverwrite $env (deepCopy $root.Values.env) (deepCopy .role.env) -}}
{{- range $name := keys $env | sortAlpha }}
- name: {{ $name }}
  value: {{ get $env $name | toString | quote }}
{{- end }}
{{- end -}}

{{- define "service.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "service.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}
