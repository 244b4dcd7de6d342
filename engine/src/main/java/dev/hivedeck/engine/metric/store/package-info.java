/**
 * Where samples are kept: rows for the running hour, compressed chunks for what is older, thinned
 * out with age. It takes samples in and gives series out; what they mean is not its business.
 */
package dev.hivedeck.engine.metric.store;
