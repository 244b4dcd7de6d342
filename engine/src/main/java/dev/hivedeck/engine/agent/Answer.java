package dev.hivedeck.engine.agent;

/** What a person, or the deadline, answered. */
public record Answer(String option, String comment) {}
