package org.weir.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.weir.method.MethodInfo;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.method.Param;
import org.weir.method.Settings;

final class ParameterLookupTest {
    private static final Param WEIGHT = Param.perExpert("weight").asRequired();
    private static final Param DENSITY = Param.perExpert("density", 1).above(0);
    private static final Param LAMBDA = Param.global("lambda", 1);
    private static final Param NORMALIZE = Param.flag("normalize", true);
    private static final Param RESCALE = Param.choice("rescale", "false", "l1", "true");
    private static final Param INT8 = Param.flag("int8_mask", false).ignored("signs need no storage here");

    private static final MethodInfo TIES =
            method("ties", BaseRole.ORIGIN, WEIGHT, DENSITY, LAMBDA, NORMALIZE, RESCALE, INT8);
    private static final MethodInfo LINEAR = method("linear", BaseRole.SUMMAND, WEIGHT, NORMALIZE);

    private static final String MLP_0 = "model.layers.0.mlp.up_proj.weight";
    private static final String ATTN_1 = "model.layers.1.self_attn.q_proj.weight";

    private static final String CONFIG = """
            merge_method: ties
            base_model: b
            models:
              - model: x
                parameters:
                  weight: 0.1
              - model: y
            parameters:
              weight: 0.9
              density: 0.3
            """;

    @Test
    void anExpertsOwnValueComesFirstThenTheCommonOneThenTheDefault() throws PlanException {
        Settings settings = lookup(TIES, CONFIG).settings(new TensorPlace(0, MLP_0, List.of(MLP_0, MLP_0), 0));
        assertEquals(List.of(0.1, 0.9), settings.all(WEIGHT));
        assertEquals(List.of(0.3, 0.3), settings.all(DENSITY));
        assertEquals(1, settings.get(LAMBDA));
        assertEquals(true, settings.flag(NORMALIZE));
        assertEquals("false", settings.choice(RESCALE));
        assertEquals(MLP_0, settings.tensor());
        assertEquals(2, settings.experts());
        assertEquals(42, settings.seed());
    }

    @Test
    void aLevelWhoseFiltersDoNotMatchIsPassedOver() throws PlanException {
        ParameterLookup lookup = lookup(TIES, """
                merge_method: ties
                models:
                  - model: x
                    parameters: {density: {filter: mlp, value: 0.2}, weight: 1}
                parameters:
                  density: [{filter: self_attn, value: 0.5}]
                  lambda: [{filter: q_proj, value: 0.7}]
                """);
        assertEquals(0.2, at(lookup, MLP_0, 0).get(DENSITY, 0));
        assertEquals(0.5, at(lookup, ATTN_1, 0).get(DENSITY, 0));
        assertEquals(1, at(lookup, "lm_head.weight", 0).get(DENSITY, 0));
        assertEquals(0.7, at(lookup, ATTN_1, 0).get(LAMBDA));
        assertEquals(1, at(lookup, MLP_0, 0).get(LAMBDA));
    }

    @Test
    void theFirstRuleThatMatchesCounts() throws PlanException {
        ParameterLookup lookup = lookup(
                TIES,
                CONFIG.replace(
                        "0.3", "[{filter: mlp, value: 0.2}, {filter: '*', value: 0.4}, {filter: q_proj, value: 0.6}]"));
        assertEquals(0.2, at(lookup, MLP_0, 0).get(DENSITY, 0));
        assertEquals(0.4, at(lookup, ATTN_1, 0).get(DENSITY, 0));
    }

    @Test
    void filtersAreSubstringsAndNotPaths() throws PlanException {
        ParameterLookup lookup = lookup(TIES, CONFIG.replace("0.3", "[{filter: layers.1, value: 0.2}]"));
        assertEquals(0.2, at(lookup, "model.layers.1.x", 0).get(DENSITY, 0));
        assertEquals(0.2, at(lookup, "model.layers.17.x", 0).get(DENSITY, 0));
        assertEquals(1, at(lookup, "model.layers.2.x", 0).get(DENSITY, 0));
    }

    @Test
    void filtersLookAtInputNamesForExpertsAndAtTheOutputNameForTheMerge() throws PlanException {
        ParameterLookup lookup = lookup(
                TIES, CONFIG.replace("0.3", "[{filter: in, value: 0.2}]") + "  lambda: [{filter: out, value: 0.5}]\n");
        Settings settings = lookup.settings(new TensorPlace(0, "out", List.of("in", "out"), 0));
        assertEquals(List.of(0.2, 1.0), settings.all(DENSITY));
        assertEquals(0.5, settings.get(LAMBDA));
    }

    @Test
    void gradientsRunAlongTheLayers() throws PlanException {
        ParameterLookup lookup = lookup(
                TIES,
                CONFIG.replace("0.1", "[0, 1]").replace("0.3", "[{filter: mlp, value: [0.2, 0.8]}]")
                        + "  lambda: [1, 2, 1]\n");
        List<String> names = Stream.of(0, 1, 2, 3, 4)
                .map(layer -> "model.layers." + layer + ".mlp.w")
                .toList();
        LayerStack layers = LayerStack.of(names, OptionalInt.empty());
        double[] lambdas = {1, 1.5, 2, 1.5, 1};
        for (int i = 0; i < 5; i++) {
            Settings settings = at(lookup, names.get(i), layers.t(names.get(i)));
            assertEquals(i / 4.0, settings.get(WEIGHT, 0));
            assertEquals(0.2 + 0.15 * i, settings.get(DENSITY, 1), 1e-15);
            assertEquals(lambdas[i], settings.get(LAMBDA));
        }
    }

    @Test
    void whatIsTheSameForAllTensorsIsSoWhicheverIsAskedForFirst() throws PlanException {
        ParameterLookup same = lookup(TIES, CONFIG);
        ParameterLookup along = lookup(TIES, CONFIG.replace("0.1", "[0, 1]"));
        for (String name : List.of(MLP_0, ATTN_1)) {
            double t = name.equals(ATTN_1) ? 1 : 0;
            assertEquals(List.of(0.1, 0.9), at(same, name, t).all(WEIGHT));
            assertEquals(List.of(t, 0.9), at(along, name, t).all(WEIGHT));
            assertEquals(name, at(same, name, t).tensor());
        }
    }

    @Test
    void flagsAndChoicesMayHaveFiltersButNoGradients() throws PlanException {
        ParameterLookup lookup = lookup(
                TIES,
                CONFIG
                        + "  normalize: [{filter: mlp, value: false}]\n  rescale: [{filter: attn, value: l1}, {value: true}]\n");
        assertEquals(List.of(), lookup.problems());
        assertEquals(false, at(lookup, MLP_0, 0).flag(NORMALIZE));
        assertEquals(true, at(lookup, ATTN_1, 0).flag(NORMALIZE));
        assertEquals("true", at(lookup, MLP_0, 0).choice(RESCALE));
        assertEquals("l1", at(lookup, ATTN_1, 0).choice(RESCALE));
        assertEquals(
                List.of(
                        "c.yml:11: parameters.normalize: found a list, expected true or false; only numbers change along"
                                + " the layers",
                        "c.yml:12: parameters.rescale: found a list, expected one of false, l1, true; only numbers change"
                                + " along the layers"),
                problems(TIES, CONFIG + "  normalize: [true]\n  rescale: [{value: [l1, l1]}]\n"));
    }

    @Test
    void refusesUnknownParametersWithTheirLine() {
        assertEquals(
                List.of(
                        "c.yml:6: unknown key 'wieght' under models[0].parameters; did you mean 'weight'?",
                        "c.yml:10: unknown key 'densty' under parameters; did you mean 'density'?",
                        "c.yml:11: ties has no parameter 'mask_lambda' (under parameters); it has weight, density, lambda,"
                                + " normalize, rescale, int8_mask"),
                problems(
                        TIES,
                        CONFIG.replace("weight: 0.1", "wieght: 0.1").replace("density", "densty")
                                + "  mask_lambda: 1\n"));
    }

    @Test
    void refusesAParameterOfTheMergeUnderAModel() {
        assertEquals(
                List.of(
                        "c.yml:7: 'lambda' under models[0].parameters would have no effect: it holds for the whole merge;"
                                + " move it to the parameters of the config",
                        "c.yml:8: 'int8_mask' under models[0].parameters would have no effect: it holds for the whole"
                                + " merge; move it to the parameters of the config"),
                problems(TIES, CONFIG.replace("0.1\n", "0.1\n      lambda: 2\n      int8_mask: true\n")));
    }

    @Test
    void refusesValuesThatTheParameterDoesNotTake() {
        assertEquals(
                List.of(
                        "c.yml:6: models[0].parameters.weight: found 'yes', expected a finite number",
                        "c.yml:10: parameters.density: found '0', expected a number above 0",
                        "c.yml:11: parameters.normalize: found 'on', expected true or false"),
                problems(
                        TIES,
                        CONFIG.replace("0.1", "yes").replace("0.3", "[0.5, 0, 1]") + "  normalize: {value: on}\n"));
    }

    @Test
    void aBadValueInOneRuleIsOneProblem() throws PlanException {
        ParameterLookup lookup =
                lookup(TIES, CONFIG.replace("0.9", "[{filter: mlp, value: x}, {filter: attn, value: 1}]"));
        assertEquals(
                List.of("c.yml:9: parameters.weight: found 'x', expected a finite number"), lines(lookup.problems()));
        assertEquals(List.of(), lookup.missing(places(MLP_0, ATTN_1), _ -> true));
    }

    @Test
    void namesEveryModelWithoutARequiredParameterOnce() {
        assertEquals(
                List.of(
                        "c.yml:4: models[0] has no weight, which ties needs for each model; write it under"
                                + " models[0].parameters, or for all models under parameters",
                        "c.yml:5: models[1] has no weight, which ties needs for each model; write it under"
                                + " models[1].parameters, or for all models under parameters"),
                problems(TIES, "merge_method: ties\nbase_model: b\nmodels:\n- model: x\n- model: y\n- model: b\n"));
    }

    @Test
    void theBaseNeedsAWeightWhereItIsOneMoreInput() throws PlanException {
        String text = "merge_method: linear\nbase_model: b\nmodels:\n- {model: x, parameters: {weight: 1}}\n";
        assertEquals(
                List.of(
                        "c.yml:2: base_model has no weight, which linear needs for each model; the base is one more model"
                                + " here: write it under parameters, or list the base under models"),
                problems(LINEAR, text));
        ParameterLookup lookup = lookup(LINEAR, text + "parameters: {weight: 3}\n");
        assertEquals(List.of(), lookup.problems());
        assertEquals(
                List.of(1.0, 3.0),
                lookup.settings(new TensorPlace(0, "t", List.of("t", "t"), 0)).all(WEIGHT));
    }

    @Test
    void aMissingParameterOfTheMergeIsSaidAtTheMethod() {
        MethodInfo slerp = method("slerp", BaseRole.ORIGIN, Param.global("t", 0).asRequired());
        assertEquals(
                List.of("c.yml:1: the config has no t, which slerp needs; write it under parameters"),
                problems(slerp, "merge_method: slerp\nmodels: [{model: x}]\n"));
    }

    @Test
    void filtersThatLeaveTensorsWithoutARequiredParameterAreTold() throws PlanException {
        ParameterLookup lookup = lookup(TIES, """
                merge_method: ties
                models:
                  - model: x
                    parameters: {weight: {filter: mlp, value: 1}}
                  - model: y
                    parameters: {weight: [{filter: mlp, value: 1}, {value: 2}]}
                """);
        assertEquals(List.of(), lookup.problems());
        assertEquals(List.of(), lookup.missing(places(MLP_0), _ -> true));
        assertEquals(
                List.of("c.yml:3: models[0] has no weight for '" + ATTN_1
                        + "': no filter matches; add a rule without a filter"),
                lines(lookup.missing(places(MLP_0, ATTN_1), _ -> true)));
        assertEquals(
                List.of("c.yml:3: models[0] has no weight for '" + ATTN_1
                        + "' and 2 more tensors: no filter matches; add a rule without a filter"),
                lines(lookup.missing(places(ATTN_1, MLP_0, "a", "b"), _ -> true)));
        assertThrows(IllegalArgumentException.class, () -> at(lookup, ATTN_1, 0));
    }

    @Test
    void whatIsGivenNowhereIsNotToldTwice() throws PlanException {
        ParameterLookup lookup = lookup(TIES, "merge_method: ties\nmodels: [{model: x}]\n");
        assertEquals(1, lookup.problems().size());
        assertEquals(List.of(), lookup.missing(places(MLP_0), _ -> true));
    }

    @Test
    void parametersOfTheBaseAreCheckedButHaveNoEffect() throws PlanException {
        String text = """
                merge_method: ties
                base_model: b
                models:
                - {model: b, parameters: {weight: 9}}
                - model: x
                parameters: {weight: 0.5}
                """;
        ParameterLookup lookup = lookup(TIES, text);
        assertEquals(List.of(), lookup.problems());
        assertEquals(
                List.of("c.yml:4: the parameters of models[0] have no effect: it is the base, which ties takes the"
                        + " differences from"),
                lookup.notes(places(MLP_0)));
        assertEquals(List.of(0.5), at(lookup, MLP_0, 0).all(WEIGHT));
        assertFalse(problems(TIES, text.replace("weight: 9", "wait: 9")).isEmpty());
    }

    @Test
    void twoEntriesOfOneModelKeepTheirOwnValues() throws PlanException {
        ParameterLookup lookup = lookup(TIES, """
                merge_method: ties
                models:
                - {model: x, parameters: {weight: 1}}
                - {model: x, parameters: {weight: 2}}
                """);

        assertEquals(
                List.of(1.0, 2.0),
                lookup.settings(new TensorPlace(0, "t", List.of("t", "t"), 0)).all(WEIGHT));
        assertEquals(
                List.of("c.yml:4: 'x' is listed before and counts again; mergekit would drop it"),
                lookup.notes(places("t")));
    }

    @Test
    void notesWhatHasNoEffect() throws PlanException {
        ParameterLookup lookup = lookup(
                TIES,
                CONFIG.replace("0.3", "[{filter: mpl, value: 0.1}, {value: 0.2}, {filter: mlp, value: 0.3}]")
                        + "  int8_mask: true\n");
        assertEquals(
                List.of(
                        "c.yml:10: no tensor uses the value of density for the filter 'mpl'",
                        "c.yml:10: no tensor uses the value of density for the filter 'mlp'",
                        "c.yml:11: 'int8_mask' has no effect: signs need no storage here"),
                lookup.notes(places(MLP_0, ATTN_1)));
    }

    @Test
    void notesSharesThatLookLikePercents() throws PlanException {
        ParameterLookup lookup = lookup(TIES, """
                merge_method: ties
                models:
                - {model: x, parameters: {weight: 2, density: 20}}
                - {model: y, parameters: {weight: 2, density: [{filter: mlp, value: [0.5, 1]}, {value: 1}]}}
                """);
        assertEquals(List.of(), lookup.problems());
        assertEquals(
                List.of(
                        "c.yml:3: models[0].parameters.density is more than 1, which keeps all as 1 does; it is a share,"
                                + " so 0.2 keeps a fifth"),
                lookup.notes(places(MLP_0, ATTN_1)));
    }

    @Test
    void parametersOfMergekitsOtherMethodsAreNotedOnceAndPassedOver() throws PlanException {
        ParameterLookup lookup = lookup(LINEAR, """
                merge_method: linear
                models:
                - {model: x, parameters: {weight: 1, density: [{filter: mlp, value: l1}]}}
                - {model: y, parameters: {weight: 2, density: 9e99}}
                parameters: {select_topk: 0.1, normalize: false}
                """);
        assertEquals(List.of(), lookup.problems());
        assertEquals(
                List.of(
                        "c.yml:3: 'density' has no effect: linear has no such parameter; it has weight, normalize",
                        "c.yml:5: 'select_topk' has no effect: linear has no such parameter; it has weight, normalize"),
                lookup.notes(places(MLP_0)));
        assertEquals(List.of(1.0, 2.0), at(lookup, MLP_0, 0).all(WEIGHT));
    }

    @Test
    void aBaseListedTwiceCountsNotEvenOnce() throws PlanException {
        ParameterLookup lookup = lookup(
                TIES,
                "{merge_method: ties, base_model: b, models: [{model: b}, {model: x}, {model: b}], parameters: {weight: 1}}");
        assertEquals(List.of(), lookup.notes(places(MLP_0)));
    }

    @Test
    void aRuleThatModelsShareIsNotedOnce() throws PlanException {
        ParameterLookup lookup = lookup(TIES, """
                merge_method: ties
                models:
                - {model: x, parameters: &p {weight: [{filter: mpl, value: 1}, {value: 2}]}}
                - {model: y, parameters: *p}
                """);
        assertEquals(
                List.of("c.yml:3: no tensor uses the value of weight for the filter 'mpl'"),
                lookup.notes(places(MLP_0)));
    }

    @Test
    void oneMistakeOnALineIsOneProblem() {
        assertEquals(
                List.of("c.yml:9: parameters.weight: found 'x', expected a finite number"),
                problems(TIES, CONFIG.replace("0.9", "[x, 1, x]")));
    }

    @Test
    void aRuleForTheRestMayBeForNothing() throws PlanException {
        ParameterLookup lookup = lookup(TIES, CONFIG.replace("0.3", "[{filter: mlp, value: 0.1}, {value: 0.2}]"));
        assertEquals(List.of(), lookup.notes(places(MLP_0)));
    }

    @Test
    void anIgnoredParameterIsNotedOnceForAllModels() throws PlanException {
        MethodInfo method = method("task_arithmetic", BaseRole.SUMMAND, DENSITY.ignored("it trims nothing"));
        ParameterLookup lookup = lookup(method, """
                merge_method: x
                models:
                - {model: x, parameters: {density: 1}}
                - {model: y, parameters: {density: 1}}
                """);

        assertEquals(List.of("c.yml:3: 'density' has no effect: it trims nothing"), lookup.notes(places("t")));
    }

    @Test
    void anchoredParametersCountForEachModel() throws PlanException {
        ParameterLookup lookup = lookup(TIES, """
                merge_method: ties
                models:
                - {model: x, parameters: &p {weight: 1}}
                - {model: y, parameters: {<<: *p, density: 0.5}}
                """);

        Settings settings = lookup.settings(new TensorPlace(0, "t", List.of("t", "t"), 0));
        assertEquals(List.of(1.0, 1.0), settings.all(WEIGHT));
        assertEquals(List.of(1.0, 0.5), settings.all(DENSITY));
    }

    private static final String SLICES = """
            merge_method: ties
            base_model: b
            modules:
              default:
                parameters: {density: 0.3, lambda: 0.3}
                slices:
                  - sources:
                      - {model: x, layer_range: [0, 2], parameters: {weight: 0.1}}
                      - {model: b, layer_range: [0, 2]}
                      - {model: y, layer_range: [2, 4]}
                    parameters: {weight: 0.2, lambda: 0.2}
                  - sources:
                      - {model: b, layer_range: [2, 3]}
                      - {model: x, layer_range: [2, 3]}
            parameters: {weight: 0.4, density: 0.4, normalize: false}
            """;

    @Test
    void aSourceComesBeforeItsSliceThatBeforeTheModuleAndThatBeforeTheConfig() throws PlanException {
        ParameterLookup lookup = lookup(TIES, SLICES);
        assertEquals(List.of(), lookup.problems());
        Settings first = lookup.settings(new TensorPlace(0, MLP_0, List.of(MLP_0, MLP_0), 0));
        assertEquals(List.of(0.1, 0.2), first.all(WEIGHT));
        assertEquals(List.of(0.3, 0.3), first.all(DENSITY));
        assertEquals(0.2, first.get(LAMBDA));
        assertEquals(false, first.flag(NORMALIZE));
        Settings second = lookup.settings(new TensorPlace(1, MLP_0, List.of(MLP_0), 0));
        assertEquals(List.of(0.4), second.all(WEIGHT));
        assertEquals(0.3, second.get(LAMBDA));
    }

    @Test
    void whatASliceLacksIsSaidOfItsSources() {
        assertEquals(
                List.of("c.yml:14: slices[1].sources[1] has no weight, which ties needs for each model; write it under"
                        + " slices[1].sources[1].parameters, or for all models under parameters"),
                problems(TIES, SLICES.replace("weight: 0.4, ", "")));
        assertEquals(
                List.of("c.yml:8: 'lambda' under slices[0].sources[0].parameters would have no effect: it holds for the"
                        + " whole merge; move it to the parameters of the config"),
                problems(TIES, SLICES.replace("{weight: 0.1}", "{lambda: 0.1}")));
    }

    private static MethodInfo method(String name, BaseRole base, Param... params) {
        return new MethodInfo(name, "A method.", "x", "none", base, List.of(params), "");
    }

    private static ParameterLookup lookup(MethodInfo method, String text) throws PlanException {
        MergeConfig config = ConfigText.read(text);
        return new ParameterLookup(config, method, 42);
    }

    /** Tensors of a config of one slice, with more inputs than any config here lists. */
    private static List<TensorPlace> places(String... names) {
        return Stream.of(names)
                .map(name -> new TensorPlace(0, name, Collections.nCopies(9, name), 0))
                .toList();
    }

    private static List<String> problems(MethodInfo method, String text) {
        try {
            return lines(lookup(method, text).problems());
        } catch (PlanException e) {
            throw new AssertionError("the form is right", e);
        }
    }

    private static List<String> lines(List<PlanProblem> problems) {
        return problems.stream().map(PlanProblem::toString).toList();
    }

    private static Settings at(ParameterLookup lookup, String tensor, double t) {
        int experts = 2;
        return lookup.settings(new TensorPlace(0, tensor, Collections.nCopies(experts, tensor), t));
    }
}
