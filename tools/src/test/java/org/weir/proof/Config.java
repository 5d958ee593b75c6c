package org.weir.proof;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The text of a merge config, put together line by line. */
final class Config {
    private final List<String> lines = new ArrayList<>();
    private final List<String> models = new ArrayList<>();
    private final List<String> parameters = new ArrayList<>();

    private Config(String method) {
        lines.add("merge_method: " + method);
    }

    static Config of(String method) {
        return new Config(method);
    }

    Config base(Path base) {
        lines.add("base_model: " + base);
        return this;
    }

    Config dtype(String dtype) {
        lines.add("dtype: " + dtype);
        return this;
    }

    Config outDtype(String dtype) {
        lines.add("out_dtype: " + dtype);
        return this;
    }

    /** One more model, with parameters of its own such as {@code "weight: 1"}. */
    Config model(Path model, String... own) {
        models.add("- model: " + model);
        if (own.length > 0) {
            models.add("  parameters: {" + String.join(", ", own) + "}");
        }
        return this;
    }

    /** What was measured of the model that was added last. */
    Config statistics(Path measured) {
        models.add("  statistics: " + measured);
        return this;
    }

    Config models(List<Path> all, String... own) {
        all.forEach(each -> model(each, own));
        return this;
    }

    /** Parameters for all models or of the merge as a whole. */
    Config with(String... all) {
        parameters.addAll(Arrays.asList(all));
        return this;
    }

    @Override
    public String toString() {
        List<String> text = new ArrayList<>(lines);
        text.add("models:");
        text.addAll(models);
        if (!parameters.isEmpty()) {
            text.add("parameters: {" + String.join(", ", parameters) + "}");
        }
        return String.join("\n", text) + "\n";
    }
}
