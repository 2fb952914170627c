export interface Source {
  /** Of what family, and who made or published them. */
  readonly title: string;
  readonly vectors: readonly (readonly [password: string, hash: string])[];
}

const accents = 'pässwörd €';
const long = 'a very much longer text to encrypt.  This one even stretches over morethan one line.';

/** What other programs make of passwords, family by family. */
export const sources: readonly Source[] = [
  {
    title: "argon2: test.c of the algorithm's authors",
    vectors: [
      ['password', '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA'],
      ['password', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'],
    ],
  },
  {
    title: "bcrypt: jBCrypt's tests, and Apache's htpasswd",
    vectors: [
      ['', '$2a$10$k1wbIrmNyFAPwPVPSVa/zecw2BCEnBwVS2GbrmgzxFUOqW9dk4TCW'],
      ['abc', '$2a$10$WvvTPHKwdBJ3uk0Z37EMR.hLA2W6N9AEBhEgrAOljy2Ae5MtaSIUi'],
      [accents, '$2y$10$MNrpe35OXteJs/ZiZ3fwAuG6sMaSBK2xy7PZzYaSyLmrl8VnmV0im'],
    ],
  },
  {
    title: 'scrypt: RFC 7914, passlib, and libxcrypt (mkpasswd)',
    vectors: [
      [
        'pleaseletmein',
        '$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw',
      ],
      [accents, '$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$2wkeRLDr5tGFuKJjpcq0naRlFgf8dGKoLTILyOniawo'],
      [accents, '$7$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$2wkeRLDr5tGFuKJjpcq0naRlFgf8dGKoLTILyOniawo'],
      [accents, '$7$CU..../.....vAVoUPqbxZnmc27CWsIa.$eczcySOF.ALa9lSUa9qtKbKhYGTbv5l33.iD2ttY13D'],
    ],
  },
  {
    title: "pbkdf2: RFC 6070, passlib's documentation, and Python's hashlib",
    vectors: [
      ['password', '$pbkdf2$4096$c2FsdA$SwB5AbdlSJq.rUnZJvch0GWkKcE'],
      [
        'passwordPASSWORDpassword',
        '$pbkdf2-sha1$4096$c2FsdFNBTFRzYWx0U0FMVHNhbHRTQUxUc2FsdFNBTFRzYWx0$PS7sT.QchJuAyNg2YsDkSospGpZM8vBwOA',
      ],
      ['pass\0word', '$pbkdf2$4096$c2EAbHQ$Vvpqp1VICZ3MN9fwNCXgww'],
      ['password', '$pbkdf2-sha256$6400$.6UI/S.nXIk8jcbdHx3Fhg$98jZicV16ODfEsEZeYPGHU3kbrUrvUEXOPimVSQDD44'],
      [accents, '$pbkdf2-sha224$1000$MDEyMzQ1Njc4OWFiY2RlZg$bd.aAV5h.wMwtNmxDc07Ap53X7yLyGqFoDpgEg'],
      [
        accents,
        '$pbkdf2-sha384$1000$MDEyMzQ1Njc4OWFiY2RlZg$x9.cZY4N4b5j0b99HvyMQIfFsoYn/X6JLd7PFOQIy9xAZUL81sIF1Nt4ZgrzQjwk',
      ],
      [
        accents,
        '$pbkdf2-sha512$1000$MDEyMzQ1Njc4OWFiY2RlZg$gU7w34h57aTJ9pLFDS/8rkFgbFnhUFk9pARJyHENsvBpu07fuCK5kzG9Sg.kHiWR5hz4yhYqchdDdpY2LOEIxg',
      ],
    ],
  },
  {
    title: "sha256-crypt: Drepper's specification, passlib, and openssl passwd",
    vectors: [
      ['Hello world!', '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'],
      ['Hello world!', '$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA'],
      ['This is just a test', '$5$rounds=5000$toolongsaltstrin$Un/5jzAHMgOGZ5.mWJpuVolil07guHPvOW8mGRcvxa5'],
      [long, '$5$rounds=1400$anotherlongsalts$Rx.j8H.h8HjEDGomFU8bDkXm3XIUnzyxf12oP84Bnq1'],
      [
        'the minimum number is still observed',
        '$5$rounds=1000$roundstoolow$yfvwcWrQ8l/K0DAWyuPMDNHpIVlTQebY9l/gL972bIC',
      ],
      ['', '$5$rounds=1000$$jAQ1NZgJkatmWyAsK0NxDcSXTB41aRCrTggwkNbBkXA'],
      ['y'.repeat(200), '$5$rounds=1000$s$RdPdR.nRoshBbc9Hvonmo1gQ6fORfHxOEatjG4Qx8uB'],
      ['secret', '$5$abc$qsg6EHbUzHQzF1POlD7zUwBINSELQxypPaeDcZe6vH0'],
    ],
  },
  {
    title: "sha512-crypt: Drepper's specification, passlib, and openssl passwd",
    vectors: [
      [
        'Hello world!',
        '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
      ],
      [
        'a short string',
        '$6$rounds=123456$asaltof16chars..$BtCwjqMJGx5hrJhZywWvt0RLE8uZ4oPwcelCjmw2kSYu.Ec6ycULevoBK25fs2xXgMNrCzIMVcgEJAstJeonj1',
      ],
      [
        long,
        '$6$rounds=1400$anotherlongsalts$POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1',
      ],
      [
        accents,
        '$6$rounds=1000$ab$BQokVrC6Nir80d9EHOUCsOLmHFvOwEs8TJiAQpJ.SyIz2NDMqgq4O7DX2/Rv.qtwY6z4VR6I3GrOKspjwXZpg0',
      ],
      ['secret', '$6$abc$IdWKNKTJEb8LxY7CGg8YBXlvtfZzFw7Mp/r6niK9YB2mdvgY..TKjv1T..8RadRt2qvUHYRLr/TsVArtr91iR1'],
    ],
  },
  {
    title: "phpass: its own test, passlib's documentation, passlib, and hashcat's example",
    vectors: [
      ['test12345', '$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0'],
      ['password', '$P$8ohUJ.1sdFw09/bMaAQPTGDNi2BIUt1'],
      [accents, '$H$5saltsalt6u0TYvJUeN/jR6sZZr6dh/'],
      ['hashcat', '$P$984478476IagS59wHZvyQMArzfx58u.'],
    ],
  },
  {
    title: "drupal7: hashcat's example, and a few lines of Python",
    vectors: [
      ['hashcat', '$S$C33783772bRXEx1aCsvY.dqgaaSu76XmVlKrW9Qu8IQlvxHlmzLf'],
      [accents, '$S$8saltsaltokwEwLkwG3NgtJ2cBe5/i553ezjG06htInEPhMxuLYH'],
    ],
  },
  {
    title: "md5-crypt: mkpasswd, openssl passwd, passlib, and hashcat's example",
    vectors: [
      [accents, '$1$A0S1aig/$0HnDwqTn3ObGxwQIrdhSi0'],
      ['secret', '$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1'],
      ['', '$1$$qRPK7m23GJusamGpoGLby/'],
      ['x'.repeat(100), '$1$abc$3H8M/2oOEP9HbqnoBC8m51'],
      ['hashcat', '$1$28772684$iEwNOgGugqO9.bIz5sk8k/'],
    ],
  },
  {
    title: "digests: RFC 1321, passlib, Python's hashlib, and hashcat's example",
    vectors: [
      ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
      [accents, 'EF3FB7C474B0972DCB2757C6E8F8270B'],
      [accents, '$md5salted-prefix$salz$5DHEvAnqmsIEi7A9Z3vvEA=='],
      [accents, '$md5salted-suffix$salz$KmvdhOUKHhkYmDHqEJsMOw=='],
      ['hashcat', '{SSHA}AZKja92fbuuB9SpRlHqaoXxbTc43Mzc2MDM1Ng=='],
      [accents, '{SHA}WLrsXwWKD/4HtaIdI5GNgo9kV0k='],
      [accents, '{SSHA256}eNhDMiUk9TJp6uLhIwnKCNeqAKbRaYnVhUURUqD6ffhzYWx0c2FsdA=='],
      [accents, '{SHA384}Ko1OlpjGmSYok8EqnzXCYJUA/AB/pE6R7K81vX78qrj9bfOLqDrMCulkKd9DWJJA'],
      [
        accents,
        '{SSHA512}5EPm7Sb9CNnqJrYkteiJp8C+lkfgercLLj3iQqp/Kr417wXJJPRkz74PgDADPPVUNy9H1FTlQkVs0aURyfIB2HNhbHRzYWx0',
      ],
    ],
  },
];
