package dev.hivedeck.engine.git.repository;

/**
 * Where work is kept.
 *
 * @param ref its full name
 * @param commit that it points at
 */
public record KeptRef(String ref, String commit) {}
