package org.weir.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What synth made, as a JSON object. */
final class SynthJson {
    private SynthJson() {}

    static Map<String, Object> of(SynthSpec synth, Path out, boolean sparse, long bytes, double seconds) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("path", out.toString());
        json.put("experts", synth.experts());
        json.put("parameters", synth.shape().parameters());
        json.put("dtype", synth.dtype().name());
        json.put("sparse", sparse);
        json.put("bytes", bytes);
        json.put("seconds", seconds);
        return json;
    }
}
