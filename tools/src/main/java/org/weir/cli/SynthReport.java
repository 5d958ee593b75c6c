package org.weir.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What synth made, for people and for programs. */
final class SynthReport {
    private SynthReport() {}

    static List<String> lines(SynthSpec synth, Path out, boolean sparse, long bytes, double seconds) {
        String made = String.format(
                Locale.ROOT,
                "%s: base and %d %s of %,d parameters in %s, %s each",
                out,
                synth.experts(),
                synth.experts() == 1 ? "expert" : "experts",
                synth.shape().parameters(),
                synth.dtype(),
                ByteSize.text(bytes / synth.models()));
        String written =
                ByteSize.text(bytes) + " written in " + Seconds.text(seconds) + ", " + ByteSize.rate(bytes, seconds);
        String holes = "sparse: " + ByteSize.text(bytes) + " of holes that read as zeros; they take no disk space";
        return List.of(made, "  " + (sparse ? holes : written));
    }

    static Map<String, Object> json(SynthSpec synth, Path out, boolean sparse, long bytes, double seconds) {
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
