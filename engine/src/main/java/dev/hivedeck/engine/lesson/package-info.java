/**
 * What fails again and again, and what helped: failures are clustered by templates, the remedy that
 * worked is kept with them, a person says which are worth telling. Knows neither queue nor agents;
 * it is told of what ended and asked for what to tell the next attempt.
 */
package dev.hivedeck.engine.lesson;
