/**
 * What agents may do without asking: standing rules, the risk of a request, and the question to a
 * person where no rule answers. It never lets an agent do anything by itself; the driver passes the
 * answer on.
 */
package dev.hivedeck.engine.permission;
