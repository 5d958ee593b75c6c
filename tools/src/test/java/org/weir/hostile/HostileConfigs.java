package org.weir.hostile;

import static org.weir.hostile.HostileConfig.refused;
import static org.weir.hostile.HostileConfig.taken;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The corpus of configs: sizes, encodings, YAML's traps, and typing errors. */
final class HostileConfigs {
    private static final String HEAD = "merge_method: linear\nmodels:\n  - model: MODEL\n"; // three lines
    private static final String GOOD = HEAD + "parameters:\n  weight: 1\n";
    private static final int MOST_BYTES = 1 << 20;

    private HostileConfigs() {}

    static List<HostileConfig> all() {
        List<HostileConfig> configs = new ArrayList<>();
        sizes(configs);
        encodings(configs);
        shapes(configs);
        duplicates(configs);
        typos(configs);
        numbers(configs);
        bombs(configs);
        forbidden(configs);
        return configs;
    }

    private static void sizes(List<HostileConfig> configs) {
        configs.add(taken("a-mebibyte", GOOD + "#" + "x".repeat(MOST_BYTES - GOOD.length() - 100) + "\n"));
        configs.add(refused("a-mebibyte-and-more", GOOD + "#" + "x".repeat(MOST_BYTES), 0, "1 MiB"));
        configs.add(refused("five-megabytes-in-one-word", "merge_method: " + "x".repeat(5_000_000), 0, "1 MiB"));
        configs.add(refused("zeros", new byte[MOST_BYTES + 1], 0, "1 MiB"));
        configs.add(refused("nothing", "", 0, "found nothing"));
        configs.add(refused("null", "null", 0, "found nothing"));
        configs.add(refused("a-comment", "# merge_method: linear\n", 0, "found nothing"));
    }

    private static void encodings(List<HostileConfig> configs) {
        configs.add(refused("utf-16", GOOD.getBytes(StandardCharsets.UTF_16), 0, "UTF-8"));
        configs.add(refused("latin-1", (GOOD + "# é\n").getBytes(StandardCharsets.ISO_8859_1), 0, "UTF-8"));
        configs.add(refused("nul", GOOD + "# \0\n", 6, "U+0000"));
        configs.add(refused("escape", GOOD + "# \u001b[2J\n", 6, "U+001B"));
        configs.add(refused("zeros-few", new byte[100], 1, "U+0000"));
        configs.add(refused("tabs", HEAD + "parameters:\n\tweight: 1\n", 5, "not valid YAML"));
        configs.add(taken("windows-line-ends", GOOD.replace("\n", "\r\n")));
        configs.add(taken(
                "json",
                "{\"merge_method\":\"linear\",\"models\":[{\"model\":\"MODEL\"}],\"parameters\":{\"weight\":1}}"));
        configs.add(taken("names-in-any-alphabet", GOOD + "# 模型 😀\n"));
    }

    private static void shapes(List<HostileConfig> configs) {
        for (String top : List.of("[]", "- a\n- b\n", "linear", "1", "\"\"")) {
            configs.add(refused("not-a-config-" + configs.size(), top, 1, "found"));
        }
        configs.add(refused("no-method", GOOD.replace("merge_method: linear\n", ""), 1, "no merge_method"));
        configs.add(refused("no-models", "merge_method: linear\nparameters: {weight: 1}\n", 1, "no models"));
        for (String models : List.of("[]", "{}", "a", "1", "{model: MODEL}")) {
            configs.add(refused(
                    "models-not-a-list-" + configs.size(),
                    "merge_method: linear\nmodels: " + models + "\n",
                    2,
                    "models"));
        }
        for (String model : List.of("[]", "", "''", "' '", "{}", "[MODEL]")) {
            String text = "merge_method: linear\nmodels:\n  - model: " + model + "\n    parameters: {weight: 1}\n";
            configs.add(refused("model-not-a-path-" + configs.size(), text, 3, "model"));
        }
        configs.add(refused("method-not-a-word", GOOD.replace("linear", "[linear]"), 1, "merge_method"));
        configs.add(refused("syntax-unclosed", GOOD + "x: [1, 2\n", 0, "not valid YAML"));
        configs.add(refused("syntax-quote", GOOD + "x: \"abc\n", 0, "not valid YAML"));
        configs.add(refused("syntax-colon", GOOD + "x: a: b\n", 6, "not valid YAML"));
        configs.add(refused("list-as-a-key", GOOD + "? [a]\n: b\n", 6, "key"));
    }

    private static void duplicates(List<HostileConfig> configs) {
        configs.add(refused(
                "twice-at-the-top", GOOD + "merge_method: ties\n", 6, "duplicate key 'merge_method'", "line 1"));
        configs.add(refused("twice-in-quotes", GOOD + "\"merge_method\": ties\n", 6, "duplicate key 'merge_method'"));
        configs.add(refused("twice-by-an-escape", GOOD + "\"\\u006derge_method\": ties\n", 6, "duplicate key"));
        configs.add(refused("twice-in-parameters", GOOD + "  weight: 2\n", 6, "duplicate key 'weight'", "line 5"));
        configs.add(refused(
                "twice-in-a-model",
                HEAD + "    model: MODEL\n" + "parameters: {weight: 1}\n",
                4,
                "duplicate key 'model'"));
        configs.add(
                refused("twice-in-braces", HEAD + "parameters: {weight: 1, weight: 1}\n", 4, "duplicate key 'weight'"));
        configs.add(refused("merged-twice", HEAD + "parameters:\n  <<: {weight: 1}\n  <<: {weight: 2}\n", 6, "'<<'"));
        configs.add(taken("merged", HEAD.replace("- model", "- &m\n    model") + "parameters:\n  <<: {weight: 1}\n"));
    }

    private static void typos(List<HostileConfig> configs) {
        String[][] tops = {
            {"merge_metod", "merge_method"},
            {"base-model", "base_model"},
            {"base_modl", "base_model"},
            {"modells", "models"},
            {"paramters", "parameters"},
            {"Dtype", "dtype"},
            {"out_dtyp", "out_dtype"}
        };
        for (String[] typo : tops) {
            String text = GOOD + typo[0] + ": x\n";
            configs.add(refused(
                    "typo-" + typo[0], text, 6, "unknown key '" + typo[0] + "'", "did you mean '" + typo[1] + "'"));
        }
        configs.add(refused("typo-in-a-model", HEAD + "    paramters: {weight: 1}\n", 4, "did you mean 'parameters'"));
        configs.add(refused("typo-in-parameters", HEAD + "parameters: {wieght: 1}\n", 4, "'wieght'", "weight"));
        configs.add(refused("parameter-at-the-top", GOOD + "weight: 1\n", 6, "'weight'", "under parameters"));
        configs.add(refused("typo-in-a-method", GOOD.replace("linear", "linaer"), 1, "did you mean 'linear'"));
        configs.add(refused(
                "typo-in-a-rule",
                HEAD + "parameters: {weight: [{filtr: x, value: 1}, {value: 1}]}\n",
                4,
                "did you mean 'filter'"));
        configs.add(refused("key-that-drives-the-terminal", GOOD + "\"\\e[2J\\n\": 1\n", 6, "\\u001b[2J\\u000a"));
        configs.add(refused("key-without-end", GOOD + "? " + "k".repeat(5000) + "\n: 1\n", 6, "unknown key"));
        configs.add(refused("key-that-turns-round", GOOD + "\"\\u202egnp\": 1\n", 6, "\\u202egnp"));
    }

    /** As YAML 1.2's core schema reads them, or not at all where YAML 1.1 reads something else. */
    private static void numbers(List<HostileConfig> configs) {
        for (String good : List.of(
                "1", "+1", "-1", "0", "1.5", ".5", "1.", "1e3", "1E-3", "-2.5e+1", "\"1\"", "'0.5'", "true", "False",
                "TRUE")) {
            configs.add(taken("number-" + good, HEAD + "parameters: {weight: " + good + ", normalize: false}\n"));
        }
        String[] bad = {
            "yes",
            "no",
            "on",
            "off",
            "y",
            "Yes",
            "tRUE",
            "017",
            "-010",
            "1_000",
            "0x10",
            "0o17",
            "0b1",
            "12:30:45",
            "1:30",
            ".inf",
            "-.Inf",
            ".NaN",
            "NaN",
            "Infinity",
            "1e400",
            "-1e39",
            "1d",
            "1f",
            "1.0D",
            "0x1p3",
            "1L",
            "1e",
            "e1",
            ".",
            "'-'",
            "+",
            "--1",
            "1-",
            "1 000",
            "\"true\"",
            "１",
            "1٫5",
            "½",
            "2001-01-01",
            "one",
            "[one]",
            "[]",
            "{}",
            "[[1]]",
            "{value: x}",
            "{value: [1, yes]}"
        };
        for (String word : bad) {
            configs.add(refused("number-bad-" + word, HEAD + "parameters:\n  weight: " + word + "\n", 5, "weight"));
        }
        configs.add(refused("flag-yes", GOOD + "  normalize: yes\n", 6, "normalize", "true"));
        configs.add(refused("flag-in-quotes", GOOD + "  normalize: \"false\"\n", 6, "normalize"));
    }

    private static void bombs(List<HostileConfig> configs) {
        StringBuilder laughs = new StringBuilder(GOOD + "a: &a [x, x, x, x, x, x, x, x, x, x]\n");
        for (char c = 'b'; c <= 'z'; c++) {
            String before = "*" + (char) (c - 1) + ", ";
            laughs.append(c)
                    .append(": &")
                    .append(c)
                    .append(" [")
                    .append(before.repeat(9))
                    .append("*")
                    .append((char) (c - 1))
                    .append("]\n");
        }
        configs.add(refused("billion-laughs", laughs.toString(), 10, "values"));
        StringBuilder merges = new StringBuilder(GOOD + "a: &a {x: 1, y: 2}\n");
        for (char c = 'b'; c <= 'z'; c++) {
            char before = (char) (c - 1);
            merges.append(c)
                    .append(": &")
                    .append(c)
                    .append(" {k: [*")
                    .append(before)
                    .append(", *")
                    .append(before)
                    .append("]}\n");
        }
        configs.add(refused("laughs-in-mappings", merges.toString(), 0, "values"));
        String many = IntStream.range(0, 110_000).mapToObj(_ -> "x").collect(Collectors.joining(","));
        configs.add(refused("too-many-values", GOOD + "x: [" + many + "]\n", 6, "values"));
        configs.add(refused("deep-lists", GOOD + "x: " + "[".repeat(100_000) + "\n", 6, "deep"));
        configs.add(refused("deep-mappings", GOOD + "x: " + "{a: ".repeat(50_000) + "\n", 6, "deep"));
        String steps =
                IntStream.range(0, 500).mapToObj(i -> " ".repeat(i) + "a:\n").collect(Collectors.joining());
        configs.add(refused("deep-steps", GOOD + steps, 0, "deep"));
        configs.add(refused("deep-dashes", GOOD + "x:\n" + "- ".repeat(50_000) + "\n", 7, "deep"));
        configs.add(refused("alias-to-nothing", GOOD.replace("weight: 1", "weight: *w"), 5, "alias"));
        configs.add(refused("alias-to-itself", GOOD + "x: &x [*x]\n", 6, "alias"));
    }

    private static void forbidden(List<HostileConfig> configs) {
        String[] tags = {
            "!!python/object/apply:os.system [\"id\"]",
            "!!javax.script.ScriptEngineManager []",
            "!!float 1",
            "!!binary AA==",
            "!x 1",
            "! 1"
        };
        for (String tag : tags) {
            configs.add(refused("tag-" + tag.split(" ")[0], HEAD + "parameters:\n  weight: " + tag + "\n", 5));
        }
        configs.add(refused("lora", GOOD.replace("MODEL", "MODEL+lora"), 3, "LoRA"));
        configs.add(refused("dtype-unknown", GOOD + "dtype: float8\n", 6, "dtype", "bfloat16"));
        String fifty =
                IntStream.range(0, 5_000).mapToObj(i -> "key" + i + ": 1\n").collect(Collectors.joining());
        configs.add(refused("five-thousand-problems", GOOD + fifty, 6, "first 50"));
    }
}
