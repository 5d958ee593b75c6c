package org.weir.proof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The golden cases: configs, the models that they name, and what mergekit 0.1.4 made of them. */
final class Goldens {
    private static final Path FOLDER = Resources.folder("goldens");
    /** Those about slices, vocabularies and the like. */
    static final Set<String> OF_FORM = Set.of(
            "slices_ties_base",
            "slices_passthrough_stack",
            "passthrough_scale_f32",
            "passthrough_scale_bf16",
            "passthrough_scale_f16",
            "linear_vocab_mismatch",
            "slerp_vocab_mismatch",
            "ta_vocab_expert_bigger",
            "ta_tied_base_untied_expert");

    private static final Map<String, Model> MODELS = new ConcurrentHashMap<>();

    private Goldens() {}

    static Stream<String> cases(Predicate<String> which) {
        try (Stream<Path> cases = Files.list(FOLDER.resolve("cases"))) {
            return cases.map(each -> each.getFileName().toString()).filter(which).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The cases whose output mergekit has computed in f32 throughout, wherever it began and ended. */
    static Stream<String> f32Cases() {
        return cases(name -> isOneOfModels(name) && isF32(name));
    }

    /** The cases in which mergekit rounded at least once to 16 bits. */
    static Stream<String> sixteenBitCases() {
        return cases(name -> isOneOfModels(name) && !isF32(name));
    }

    /** Whether it merges models of one form by arithmetic; {@link GoldenConfigsTest} has the others. */
    private static boolean isOneOfModels(String name) {
        return hasOutput(name) && !OF_FORM.contains(name) && !name.startsWith("arcee_fusion");
    }

    /** Whether mergekit drops the whole delta of a tensor, because it is too small to have an outlier. */
    static boolean losesItsDelta(String name, Tensor tensor) {
        CaseConfig config = config(name);
        double gamma = config.perModel(0, "gamma", "", 0, 0.01);
        return config.method().startsWith("breadcrumbs") && (int) (gamma * tensor.elements()) == 0;
    }

    static boolean hasOutput(String name) {
        return Files.exists(folder(name).resolve("expected"));
    }

    static Model expected(String name) {
        return model("cases/" + name + "/expected");
    }

    static CaseConfig config(String name) {
        return CaseConfig.parse(source(name));
    }

    static String source(String name) {
        try {
            return Files.readString(folder(name).resolve("config.yml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path folder(String name) {
        return FOLDER.resolve("cases").resolve(name);
    }

    /** The path of a model as the configs write it. */
    static Path path(String model) {
        return FOLDER.resolve(model);
    }

    static Model model(String path) {
        return MODELS.computeIfAbsent(path, name -> {
            try {
                return Model.read(path(name));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static boolean isF32(String name) {
        return expected(name).tensors().values().stream().allMatch(tensor -> tensor.format() == Format.F32);
    }
}
