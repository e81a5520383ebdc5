package lint_test

// reading is what people said of the findings of a rule after they had read them. Right is what is so, and whose
// help makes the file better; wrong is also what is so but was meant.
type reading struct {
	right, wrong int
	example      string
}

// readWithout are the findings without contracts.
var readWithout = map[string]reading{
	"error":                         {2, 0, "`nvidia-gpu-exporter-prometheusrule.helm.yaml` is a template of Helm, `seldon-v1-triton-gpt2.json` a dashboard of Azure"},
	"error contradictory-matchers":  {4, 0, "`integration!~\".*\"` in `AlertmanagerClusterFailedToSendAlerts`"},
	"error gone-label-in-text":      {19, 0, "`AlertmanagerClusterDown` names `{{ $labels.job }}` behind `by (namespace, service)`"},
	"error impossible-comparison":   {2, 0, "`count(traefik_service_server_up) by (service) == 0`"},
	"error removed-label-in-legend": {1, 0, "the legend of `Spend by team` (LiteLLM) is `{{team}}`, the query groups by `hashed_api_key`"},

	"warning deprecated-panel-type":          {10, 0, "33 panels of type `graph` in `ray-serve-llm.json`"},
	"warning fixed-range":                    {27, 0, "`rate(nv_inference_queue_duration_us[30s])` in a graph of Triton"},
	"warning frozen-time-range":              {1, 0, "`evidently-data-drift-sql.json`"},
	"warning hard-coded-datasource":          {17, 0, "`rMzWaBvIk` in 12 places of LiteLLM's"},
	"warning import-inputs":                  {2, 0, "`DS_PROMETHEUS` in `triton-oci.json`"},
	"warning irate-in-rule":                  {4, 0, "the CPU of nodes in an alert of Seldon"},
	"warning legacy-alert-without-evaluator": {4, 0, "the alert on `Outlier Prediction` of Seldon"},
	"warning missing-bool":                   {1, 0, "`1 - avg by(pod) (rate(vllm:iteration_tokens_total_count[5m]) > 0)` as idle time in KServe's dashboard"},
	"warning missing-uid":                    {5, 0, "`istio-service.json`"},
	"warning missing-unit":                   {2, 0, "SGLang's `End-to-End Request Latency` shows seconds as a plain number"},
	"warning multi-value-in-equality":        {7, 0, "`namespace=\"$ControllerNamespace\"` of KubeRay, where All is a choice"},
	"warning no-op-matcher":                  {4, 0, "`integration=~\".*\"` in `AlertmanagerClusterFailedToSendAlerts`"},
	"warning numeric-id":                     {13, 0, "`vllm-official.json`"},
	"warning record-level":                   {2, 0, "`namespace_workload_pod:kube_pod_owner:relabel` has `workload_type`, too"},
	"warning record-operation":               {2, 0, "`node:node_num_cpu:sum` is a `count`"},
	"warning unknown-unit":                   {2, 0, "`secs` in SGLang's dashboard"},
	"warning unused-variable":                {4, 0, "`agg_method` in `vllm-performance-statistics.json`"},
	"warning variable-order":                 {1, 0, "KubeRay's `Controller` depends on `ControllerPod`, behind it"},
	"warning wrong-unit":                     {1, 0, "`rate` of seconds shown as `s` in `ray-data-llm.json`"},

	"info":                         {3, 0, "46 queries of InfluxDB are not judged"},
	"info alert-name":              {3, 0, "`PostgresqlBloatIndexHigh(>80%)`"},
	"info alert-without-condition": {0, 1, "`PostgresqlInvalidIndex`: its series are there in trouble only"},
	"info editable-dashboard":      {34, 0, "`vllm-official.json`"},
	"info for-too-long":            {1, 0, "`HostCpuIsUnderutilized` waits for a week"},
	"info frozen-variable":         {12, 0, "`model_name` in `sglang-official.json`"},
	"info hasty-refresh":           {8, 0, "every second in Seldon's `outlier-detection-if.json`"},
	"info missing-description":     {378, 0, "`Queue Time` in `vllm-official.json`"},
	"info missing-for":             {6, 2, "`RabbitmqTooManyConsumers`; a disk that a RAID has lost, and a cluster that fell apart, need no waiting"},
	"info missing-unit":            {72, 0, "`GPU KV Usage Percentage` in the production stack of vLLM"},
	"info plain-value":             {71, 0, "`VALUE = {{ $value }}` of `rate(go_gc_duration_seconds_sum[5m]) > 0.05`"},
	"info record-keeps-labels":     {0, 4, "`triton:queue_duration:average` is for each pod on purpose: an autoscaler reads it"},
	"info redundant-anchor":        {12, 0, "`status=~\"^4..\"`"},
	"info regex-without-pattern":   {23, 0, "`condition=~\"false\"`"},
	"info unbounded-grouping":      {0, 1, "`url` of istio's `XDS Pushes`, which is the name of a type"},
	"info unknown-unit":            {11, 0, "`rds` in node-mixin"},
}

// readWith are the findings that contracts add, or make sure of.
var readWith = map[string]reading{
	"error missing-bool":        {1, 0, "KServe's idle time, above: now it is proved"},
	"error rate-of-gauge":       {2, 0, "`rate(nv_trt_llm_request_metrics[1m])` in a dashboard of Triton's tutorials"},
	"warning missing-unit":      {13, 0, "`Token Throughput` in `vllm-official.json` shows tokens/s as a plain number"},
	"warning renamed-metric":    {8, 0, "`vllm:gpu_cache_usage_perc` in `vllm-production-stack-eks.json`"},
	"info counter-without-rate": {11, 0, "`avg(vllm:e2e_request_latency_seconds_sum) / avg(vllm:e2e_request_latency_seconds_count)` as `Average Latency`"},
}
