package org.weir.method;

import java.util.Optional;
import org.weir.stage.GramSolve;
import org.weir.stage.Recipe;

/** A way to merge: what it is called, which parameters it has, and the recipe that these make. */
public interface MergeMethod {

    /** Name, parameters and definition. */
    MethodInfo info();

    /**
     * How one output tensor is made.
     *
     * @throws InvalidSettingsException if parameters that are each in range make no sense together
     */
    Recipe recipe(Settings settings) throws InvalidSettingsException;

    /** What makes a matrix in the recipe's place where every model has the statistics of a layer for it. */
    default Optional<GramSolve> solve(Settings settings) {
        return Optional.empty();
    }
}
