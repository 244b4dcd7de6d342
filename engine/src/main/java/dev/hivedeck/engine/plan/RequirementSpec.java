package dev.hivedeck.engine.plan;

import java.util.List;

/**
 * A requirement as planned.
 *
 * @param priority critical, high, medium or low
 */
public record RequirementSpec(String id, String title, String priority, List<String> acceptance) {}
