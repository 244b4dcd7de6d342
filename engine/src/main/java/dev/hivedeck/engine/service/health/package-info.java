/**
 * How it is found out whether an instance is well: the count of good and bad checks, and how one is
 * made.
 */
@NullMarked
package dev.hivedeck.engine.service.health;

import org.jspecify.annotations.NullMarked;
