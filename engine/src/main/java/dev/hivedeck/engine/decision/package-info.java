/**
 * What needs a person: questions that agents ask, their options and deadlines, the answers, and
 * what becomes of the task meanwhile. It asks and records; which rule an answer makes is the work
 * of {@code permission}.
 */
package dev.hivedeck.engine.decision;
