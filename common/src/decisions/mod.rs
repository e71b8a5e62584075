//! Who may decide what: autonomy, policy matching, vote tally. Pure; the clock is part of the input.
