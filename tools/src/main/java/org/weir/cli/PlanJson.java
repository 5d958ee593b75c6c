package org.weir.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.weir.checkpoint.DiskSpace;
import org.weir.plan.Account;
import org.weir.plan.Input;
import org.weir.plan.MergePlan;
import org.weir.plan.Sidecar;

/** A plan as a JSON object. */
final class PlanJson {
    private PlanJson() {}

    static Map<String, Object> of(MergePlan plan, Optional<Path> out) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("method", plan.method().name());
        json.put(
                "inputs",
                plan.accounts().stream().map(account -> of(plan, account)).toList());
        json.put("tensors", plan.tensorCounts());
        json.put("exceptions", exceptions(plan));
        json.put("sweeps", plan.sweeps());
        json.put("readBytes", plan.readBytes());
        json.put("writeBytes", plan.writeBytes());
        json.put("shards", plan.layout().shards().size());
        json.put("memory", plan.memory().lines());
        json.put("memoryBytes", plan.memory().totalBytes());
        json.put("mappedPageBytes", plan.memory().filePageBytes());
        json.put("reader", plan.memory().windows().way().name().toLowerCase(Locale.ROOT));
        sidecar(json, plan.options().sidecar());
        json.put("threads", plan.memory().workers());
        json.put("tileElements", plan.memory().tileElements());
        json.put("seed", plan.options().seed());
        json.put("rounding", plan.options().exactness().rounding().toString());
        if (out.isPresent()) {
            DiskSpace.usableBytesAt(out.get()).ifPresent(free -> json.put("freeBytes", free));
        }
        json.put("notes", plan.notes());
        return json;
    }

    /** By name those tensors that are not simply merged of all models. */
    private static Map<String, List<String>> exceptions(MergePlan plan) {
        Map<String, List<String>> names = new TreeMap<>(plan.treatments());
        names.remove("merged by " + plan.method().name());
        return names;
    }

    private static void sidecar(Map<String, Object> json, Sidecar sidecar) {
        sidecar.readLimit().ifPresent(limit -> json.put("readLimit", limit));
        sidecar.writeLimit().ifPresent(limit -> json.put("writeLimit", limit));
        json.put("pageCache", sidecar.pageCache().name().toLowerCase(Locale.ROOT));
        sidecar.nice().ifPresent(nice -> json.put("nice", nice));
    }

    private static Map<String, Object> of(MergePlan plan, Account account) {
        Input input = account.input();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("reference", input.reference());
        json.put("role", input.role().name().toLowerCase(Locale.ROOT));
        if (plan.isFused(input)) {
            json.put("fused", true);
        } else {
            json.put("path", PlanText.absolute(input.checkpoint()));
        }
        json.put("bytes", PlanText.bytes(input.checkpoint()));
        json.put("tensors", account.counts());
        return json;
    }
}
