package dev.hivedeck.engine.protocol.secret;

import java.util.List;

/**
 * A secret without its value.
 *
 * @param kept whether there is a value
 * @param place where that is kept; of one that is missing, where it would be
 * @param uses what of {@code hive.yaml} names it, for example {@code channel ops}; empty for none
 */
public record Secret(String name, boolean kept, String place, List<String> uses) {}
