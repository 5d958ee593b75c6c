package org.weir.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.weir.engine.MergeReport;
import org.weir.engine.TensorFacts;
import org.weir.plan.MergePlan;

/** What a merge did, as a JSON object. */
final class MergeJson {
    private MergeJson() {}

    static Map<String, Object> of(MergePlan plan, Path out, MergeReport report) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("event", "merged");
        json.put("path", out.toString());
        json.put("method", plan.method().name());
        json.put("experts", MergeText.experts(plan));
        json.put("tensors", plan.tensorCounts());
        json.put("readBytes", report.readBytes());
        json.put("writtenBytes", report.writtenBytes());
        json.put("seconds", report.elapsed().toMillis() / 1000.0);
        json.put("threads", report.workers());
        json.put("kernels", report.kernels());
        json.put("shards", plan.layout().shards().size());
        TensorFacts.survived(report.facts()).ifPresent(survived -> json.put("updateSurvived", survived));
        json.put("notes", plan.notes());
        return json;
    }
}
