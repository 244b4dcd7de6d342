package dev.hivedeck.engine.agent;

/** What a person, or the deadline, answered. */
public record QuestionAnswer(String option, String comment) {}
