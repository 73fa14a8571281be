{{- define "atiende.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/part-of: atiende
app.kubernetes.io/version: {{ .root.Values.global.image.tag | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end -}}

{{/* Hosts that the platform answers under. */}}
{{- define "atiende.hosts" -}}
{{- $hosts := .Values.ingress.hosts -}}
{{- if not $hosts -}}
{{- $hosts = concat (list (urlParse .Values.global.publicUrl).hostname) (keys .Values.global.hosts | sortAlpha) | uniq -}}
{{- end -}}
{{- $hosts | toJson -}}
{{- end -}}

{{/* Which path leads to which service: the same map as the local edge's. */}}
{{- define "atiende.routes" -}}
{{- $routes := list -}}
{{- range $name := list "channels" "cases" "routing" "notifications" "surveys" "catalog" "admin" -}}
{{- $routes = append $routes (dict "path" (printf "/api/%s" $name) "service" (printf "%s-%s" $.Release.Name $name) "port" 80) -}}
{{- end -}}
{{- range $path := list "/webhooks" "/open311" -}}
{{- $routes = append $routes (dict "path" $path "service" (printf "%s-channels" $.Release.Name) "port" 80) -}}
{{- end -}}
{{- with .Values.global.keycloak.service -}}
{{- /* Sign-in only: the administration console and its REST interface stay inside. */ -}}
{{- range $path := list "/auth/realms/atiende" "/auth/resources" -}}
{{- $routes = append $routes (dict "path" $path "service" (tpl $.Values.global.keycloak.service $) "port" $.Values.global.keycloak.servicePort) -}}
{{- end -}}
{{- end -}}
{{- $routes = append $routes (dict "path" "/" "service" (printf "%s-web" .Release.Name) "port" 80) -}}
{{- $routes | toJson -}}
{{- end -}}

{{- define "atiende.setup" -}}
{{- $root := .root -}}
apiVersion: batch/v1
kind: Job
metadata:
  # A Job cannot change; its name follows its contents, so that an upgrade runs it again only when
  # there is something new to do.
  name: {{ $root.Release.Name }}-{{ .name }}-{{ list $root.Values.global .args .env $root.Values.setup | toJson | sha256sum | trunc 8 }}
  labels: {{- include "atiende.labels" (dict "root" $root "name" "setup") | nindent 4 }}
spec:
  backoffLimit: 20
  template: {{- include "atiende.setup.pod" . | nindent 4 }}
{{- end -}}

{{/* A pod that does one thing to the servers and ends. `claim`: a volume of its own, at /backups. */}}
{{- define "atiende.setup.pod" -}}
{{- $root := .root -}}
metadata:
  labels: {{- include "atiende.labels" (dict "root" $root "name" "setup") | nindent 4 }}
spec:
  restartPolicy: OnFailure
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    {{- if .claim }}
    fsGroup: 10001
    {{- end }}
    seccompProfile: {type: RuntimeDefault}
  {{- with $root.Values.global.image.pullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ .name }}
      image: {{ $root.Values.global.image.registry }}/atiende/{{ .image }}:{{ $root.Values.global.image.tag }}
      imagePullPolicy: {{ $root.Values.global.image.pullPolicy }}
      args: {{ .args | toJson }}
      env:
        {{- range $name := keys .env | sortAlpha }}
        - {name: {{ $name }}, value: {{ get $.env $name | toString | quote }}}
        {{- end }}
      envFrom:
        - secretRef: {name: {{ .secret }}}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
      resources: {{- toYaml $root.Values.setup.resources | nindent 8 }}
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
        {{- if .claim }}
        - {name: backups, mountPath: /backups}
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: {sizeLimit: 64Mi}
    {{- if .claim }}
    - name: backups
      persistentVolumeClaim: {claimName: {{ .claim }}}
    {{- end }}
{{- end -}}
