package org.weir.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.weir.plan.PlanException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what a merge would do and need, without doing it. */
@Command(
        name = "plan",
        sortOptions = false,
        description =
                "Check a merge as merge would, with the same exit codes, and show what it would do; writes nothing.")
final class PlanCommand implements Callable<Integer> {
    private final Output output;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final MergeArguments arguments = new MergeArguments();

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "OUT",
            description = "Where the result would go; its disk is looked at.")
    private @Nullable Path out;

    PlanCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws PlanException, IOException {
        MergekitOptions.note(spec, output);
        Optional<Path> target = Optional.ofNullable(out);
        Steps steps = arguments.steps(spec, target);
        steps.planAll(target, (step, plan) -> {
            Optional<Path> place = step.equals(steps.last()) ? target : Optional.empty();
            boolean several = !steps.before().isEmpty();
            if (output.isJson()) {
                Map<String, Object> json = PlanJson.of(plan, place);
                if (several) {
                    json.put("step", Steps.name(step));
                }
                output.result(json);
                return;
            }
            if (several) {
                output.result("step " + Steps.name(step) + ":");
            }
            PlanText.lines(plan, place).forEach(output::result);
        });
        return ExitCode.DONE;
    }
}
