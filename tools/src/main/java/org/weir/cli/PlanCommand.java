package org.weir.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.weir.engine.Steps;
import org.weir.plan.MergeConfig;
import org.weir.plan.MergePlan;
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
        try (Steps steps = arguments.steps(spec, target)) {
            steps.planAll(false, target, (step, plan) -> show(steps, step, plan, target));
        }
        return ExitCode.DONE;
    }

    private void show(Steps steps, MergeConfig step, MergePlan plan, Optional<Path> out) throws IOException {
        boolean last = step.equals(steps.last());
        Optional<Path> place = out.filter(_ -> last);
        if (output.isJson()) {
            Map<String, Object> json = PlanJson.of(plan, place);
            if (steps.areSeveral()) {
                json.put("step", Steps.name(step));
            }
            steps.fusedInto(step).ifPresent(user -> {
                json.put("fusedInto", user);
                json.put("writeBytes", 0);
            });
            output.result(json);
            return;
        }
        if (steps.areSeveral()) {
            String how = steps.fusedInto(step)
                    .map(user -> " (fused: computed as " + user + " reads it, and not written)")
                    .orElse(last ? "" : " (written, and read again)");
            output.result("step " + Steps.name(step) + how + ":");
        }
        boolean fused = steps.fusedInto(step).isPresent();
        (fused ? PlanText.ofFused(plan) : PlanText.lines(plan, place)).forEach(output::result);
    }
}
