package org.weir.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** A JSON object a second, for programs. */
record ProgressEvents(Output output) implements ProgressView {
    @Override
    public Duration interval() {
        return Duration.ofSeconds(1);
    }

    @Override
    public void show(Reading now) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("phase", now.phase());
        fields.put("doneBytes", now.doneBytes());
        fields.put("totalBytes", now.totalBytes());
        fields.put("bytesPerSecond", Math.round(now.bytesPerSecond()));
        now.secondsLeft().ifPresent(left -> fields.put("secondsLeft", Math.round(left)));
        output.event("progress", fields);
    }

    @Override
    public void close() {}
}
