/** The remote that main follows: fetched, followed and pushed to, by hand or by rule. */
@NullMarked
package dev.hivedeck.engine.remote;

import org.jspecify.annotations.NullMarked;
