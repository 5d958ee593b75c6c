package org.weir.method;

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
}
