/**
 * Adds tasks to the plan when they are due. It never begins one: that is for those who hand out
 * tasks.
 */
@NullMarked
package dev.hivedeck.engine.schedule;

import org.jspecify.annotations.NullMarked;
