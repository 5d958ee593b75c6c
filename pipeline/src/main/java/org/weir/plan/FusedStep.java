package org.weir.plan;

/**
 * Another document of the config, whose result is computed tile by tile as it is read, and never written.
 *
 * @param name as the config has it
 * @param plan whose tensors are so computed; whoever made it closes it
 */
public record FusedStep(String name, MergePlan plan) {}
