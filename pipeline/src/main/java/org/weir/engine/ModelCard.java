package org.weir.engine;

import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.weir.plan.Input;
import org.weir.plan.MergePlan;
import org.weir.plan.ModelEntry;

/** The README.md of a merged model, with the front matter that the Hugging Face hub reads. */
final class ModelCard {

    private final MergePlan plan;

    ModelCard(MergePlan plan) {
        this.plan = plan;
    }

    String text() {
        String base = plan.base()
                .map(input -> "Base: " + code(input.reference()) + "\n\n")
                .orElse("");
        return """
                ---
                base_model:
                %s
                library_name: transformers
                tags:
                - merge
                - weir
                ---
                # Merged model

                Made with Weir by the method [%s](%s): %s

                %sModels, in order:

                %s

                The config that made it, with random seed %d:

                ```yaml
                %s
                ```
                """.formatted(
                        lines(
                                plan.files().stream()
                                        .filter(input -> input.role() != Input.Role.STATISTICS)
                                        .map(Input::reference)
                                        .distinct(),
                                "- ",
                                ModelCard::quoted),
                        plan.method().name(),
                        link(plan.method().reference()),
                        plan.method().summary(),
                        base,
                        lines(merged(), "* ", ModelCard::code),
                        plan.options().seed(),
                        plan.config().source().stripTrailing());
    }

    /** What the method joins: the base only where it is a summand. */
    private Stream<String> merged() {
        Stream<String> models = plan.config().slices().stream()
                .flatMap(slice -> slice.experts(plan.method().base()).stream())
                .map(ModelEntry::model);
        return plan.config().isStack() ? models.distinct() : models;
    }

    private static String lines(Stream<String> names, String bullet, UnaryOperator<String> text) {
        return names.map(name -> bullet + text.apply(name)).collect(Collectors.joining("\n"));
    }

    private static String link(String reference) {
        return reference.startsWith("arXiv:")
                ? "https://arxiv.org/abs/" + reference.substring("arXiv:".length())
                : reference;
    }

    /** A YAML scalar that nothing in the name can break out of. */
    private static String quoted(String name) {
        return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", "?") + '"';
    }

    private static String code(String name) {
        return '`' + name.replaceAll("[`\\p{Cntrl}]", "?") + '`';
    }
}
