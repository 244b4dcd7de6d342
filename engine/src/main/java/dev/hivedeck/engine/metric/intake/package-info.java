/** What is taken in from outside, and what of it is refused. */
package dev.hivedeck.engine.metric.intake;
