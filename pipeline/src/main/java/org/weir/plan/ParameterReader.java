package org.weir.plan;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.weir.method.MethodInfo;
import org.weir.method.Param;

/** Reads a config's parameters as one method declares them. */
final class ParameterReader {
    /** Those of any of mergekit's methods; it passes over what a method does not ask for, and many configs have some. */
    private static final Set<String> MERGEKITS = Set.of(
            "alpha",
            "density",
            "embed_slerp",
            "eps",
            "epsilon",
            "filter_wise",
            "gamma",
            "int8_mask",
            "lambda",
            "max_iter",
            "normalize",
            "normalize_weights",
            "nuslerp_flatten",
            "nuslerp_row_wise",
            "r",
            "rescale",
            "scale",
            "select_topk",
            "t",
            "tol",
            "weight");

    private final MethodInfo method;
    private final ConfigProblems problems;
    private final ConfigNotes notes;

    ParameterReader(MethodInfo method, ConfigProblems problems, ConfigNotes notes) {
        this.method = method;
        this.problems = problems;
        this.notes = notes;
    }

    /** Whether some method of mergekit has a parameter of this name. */
    static boolean isMergekits(String name) {
        return MERGEKITS.contains(name);
    }

    /** The settings under a {@code parameters} that holds for all models, by name. */
    Map<String, SettingValues> ofAll(Map<String, Setting> settings, String path) {
        return read(settings, path, method.params());
    }

    /** The settings under one model, by name. Only those that each expert has for itself can be there. */
    Map<String, SettingValues> ofModel(Map<String, Setting> settings, String model) {
        List<Param> perExpert = method.params().stream()
                .filter(param -> param.scope() == Param.Scope.PER_EXPERT)
                .toList();
        return read(settings, model + ".parameters", perExpert);
    }

    private Map<String, SettingValues> read(Map<String, Setting> settings, String path, Collection<Param> allowed) {
        Map<String, SettingValues> values = new LinkedHashMap<>();
        settings.forEach((name, setting) -> {
            Optional<Param> param = method.param(name);
            if (param.isEmpty() && isMergekits(name)) {
                notes.ignored(setting.line(), name, method.name() + " has no such parameter; it has " + names());
            } else if (param.isEmpty()) {
                problems.add(setting.line(), unknown(name, path));
            } else if (!allowed.contains(param.get())) {
                problems.add(
                        setting.line(),
                        "'" + name + "' under " + path + " would have no effect: it holds for the whole merge;"
                                + " move it to the parameters of the config");
            } else {
                if (param.get().isIgnored()) {
                    notes.ignored(setting.line(), name, param.get().ignoredBecause());
                }
                SettingValues read = SettingValues.read(param.get(), setting, path + "." + name, problems);
                values.put(name, read);
                noteShare(param.get(), read, setting.line(), path);
            }
        });
        return values;
    }

    /** Percents are valid, too, and keep everything. */
    private void noteShare(Param param, SettingValues values, int line, String path) {
        boolean over = values.cases().stream()
                .flatMap(each -> each.gradient().points().stream())
                .anyMatch(value -> value > 1);
        if (over && param.isShare() && !param.isIgnored()) {
            notes.add(
                    line,
                    path + "." + param.name()
                            + " is more than 1, which keeps all as 1 does; it is a share, so 0.2 keeps a fifth");
        }
    }

    private String unknown(String name, String path) {
        List<String> names = method.params().stream().map(Param::name).toList();
        return DidYouMean.question(names, name)
                .map(question -> "unknown key " + OneLine.quoted(name) + " under " + path + "; " + question)
                .orElse(method.name() + " has no parameter " + OneLine.quoted(name) + " (under " + path + "); it has "
                        + names());
    }

    private String names() {
        return method.params().isEmpty() ? "none" : method.paramNames();
    }
}
